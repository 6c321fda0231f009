# Prints the home of a JDK 25, or nothing. Sourced by ./kassa and ./mvnw; POSIX sh.
# Looks at JAVA_HOME, the javac on PATH, and the usual places of Linux, SDKMAN, IntelliJ and macOS.

kassa_is_jdk25() {
  [ -x "$1/bin/javac" ] && [ -f "$1/release" ] && grep -q '^JAVA_VERSION="25[."]' "$1/release"
}

# Follows links one by one: macOS has no `readlink -f` before 12.3.
kassa_resolve() {
  kassa_path=$1
  while [ -L "$kassa_path" ]; do
    kassa_link=$(readlink "$kassa_path")
    case $kassa_link in
      /*) kassa_path=$kassa_link ;;
      *) kassa_path=$(dirname "$kassa_path")/$kassa_link ;;
    esac
  done
  printf '%s\n' "$kassa_path"
}

kassa_find_jdk25() {
  if [ -n "${JAVA_HOME-}" ] && kassa_is_jdk25 "$JAVA_HOME"; then
    printf '%s\n' "$JAVA_HOME"
    return
  fi
  kassa_javac=$(command -v javac 2>/dev/null) || kassa_javac=
  if [ -n "$kassa_javac" ]; then
    kassa_home=$(dirname "$(dirname "$(kassa_resolve "$kassa_javac")")")
    if kassa_is_jdk25 "$kassa_home"; then
      printf '%s\n' "$kassa_home"
      return
    fi
  fi
  for kassa_home in \
    /usr/lib/jvm/* \
    "${SDKMAN_DIR:-${HOME-}/.sdkman}"/candidates/java/* \
    "${HOME-}"/.jdks/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home \
    "${HOME-}"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk@25/libexec/openjdk.jdk/Contents/Home \
    /opt/*; do
    if kassa_is_jdk25 "$kassa_home"; then
      printf '%s\n' "$kassa_home"
      return
    fi
  done
}
