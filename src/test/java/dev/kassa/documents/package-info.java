/** That the documents, the OpenAPI files and the map of packages agree with the code. */
@NullMarked
package dev.kassa.documents;

import org.jspecify.annotations.NullMarked;
