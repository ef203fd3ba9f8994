using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Certificates.Revocation;

internal static class RevocationErrors
{
    public static readonly ErrorCode AlreadyRevoked = new(
        "certificate.revoked",
        409,
        "The certificate is revoked already, for another reason.",
        "A revocation reason is final; only keyCompromise can replace it. details.revocation_reason has the recorded reason.",
        "Leave it, or revoke it for keyCompromise if its key has leaked."
    );

    public static readonly ErrorCode State = new(
        "certificate.state",
        409,
        "The certificate is not in the expected state.",
        "expected_status names another state than the one in details.status.",
        "Read the certificate again, then repeat the call if it still applies."
    );

    public static readonly ErrorCode Expired = new(
        "certificate.expired",
        409,
        "The certificate has expired and cannot be revoked.",
        "Its not_after is past.",
        "Revoke its successor if that is the certificate you mean."
    );

    public static readonly ErrorCode Own = new(
        "certificate.own",
        409,
        "The service's own certificate is not revoked but replaced.",
        "Machines would refuse the service before they could learn the next certificate.",
        "Restart the service: it creates a new key and certificate."
    );

    public static readonly ErrorCode ListsBusy = new(
        "crl.busy",
        429,
        "Too many revocation lists are being fetched.",
        "All addresses together exceeded limits.lists_total.",
        "Wait for the time in retry-after; put a cache in front of /v1/crl, or raise the limit."
    );

    public static readonly ErrorCode Imported = new(
        "crl.managed",
        409,
        "The service signs this authority's lists itself.",
        "A list was imported for an authority whose key the service holds.",
        "Import lists only for trust-only certificates."
    );
}
