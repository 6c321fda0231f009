package dev.kassa.signin;

import dev.kassa.merchant.PortalUser;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.security.web.webauthn.api.Bytes;
import org.springframework.security.web.webauthn.api.CredentialRecord;
import org.springframework.security.web.webauthn.api.ImmutablePublicKeyCredentialUserEntity;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialUserEntity;
import org.springframework.security.web.webauthn.management.PublicKeyCredentialUserEntityRepository;
import org.springframework.security.web.webauthn.management.UserCredentialRepository;

/**
 * What the library may know: one user and their passkeys, so that it takes nobody else's. It writes
 * nothing; what it would save is kept for whoever asked.
 */
final class PasskeysOfUser
        implements UserCredentialRepository, PublicKeyCredentialUserEntityRepository {
    private final PublicKeyCredentialUserEntity user;
    private final List<CredentialRecord> records;
    private @Nullable CredentialRecord saved;

    PasskeysOfUser(PortalUser user, Bytes handle, List<CredentialRecord> records) {
        this.user =
                ImmutablePublicKeyCredentialUserEntity.builder()
                        .id(handle)
                        .name(user.email())
                        .displayName(user.email())
                        .build();
        this.records = records;
    }

    /** The passkey as it is after what the library did. */
    CredentialRecord saved() {
        return Objects.requireNonNull(saved, "it saves what it has verified");
    }

    @Override
    public void save(CredentialRecord record) {
        saved = record;
    }

    @Override
    public @Nullable CredentialRecord findByCredentialId(Bytes id) {
        Optional<CredentialRecord> found =
                records.stream().filter(record -> record.getCredentialId().equals(id)).findFirst();
        return found.orElse(null);
    }

    @Override
    public List<CredentialRecord> findByUserId(Bytes handle) {
        return records;
    }

    @Override
    public PublicKeyCredentialUserEntity findById(Bytes handle) {
        return user;
    }

    @Override
    public PublicKeyCredentialUserEntity findByUsername(String name) {
        return user;
    }

    @Override
    public void save(PublicKeyCredentialUserEntity entity) {
        throw new UnsupportedOperationException("users are invited");
    }

    @Override
    public void delete(Bytes id) {
        throw new UnsupportedOperationException("a passkey is removed by its user");
    }
}
