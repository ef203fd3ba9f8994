using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Certificates.Revocation;

internal static class RevocationErrors
{
    public static readonly ErrorCode AlreadyRevoked = new(
        "certificate.revoked",
        409,
        "The certificate is revoked already, for another reason.",
        "A reason stands once it is given; only keyCompromise may take its place. details.revocation_reason has it.",
        "Leave it, or revoke it for keyCompromise if its key is in other hands."
    );

    public static readonly ErrorCode State = new(
        "certificate.state",
        409,
        "The certificate is not in the expected state.",
        "expected_status names another state than the one in details.status.",
        "Look at the certificate again, and decide anew."
    );

    public static readonly ErrorCode Expired = new(
        "certificate.expired",
        409,
        "The certificate has ended: there is nothing left to revoke.",
        "Its not_after is past.",
        "Revoke the certificate that took its place, if that is meant."
    );

    public static readonly ErrorCode Own = new(
        "certificate.own",
        409,
        "The service's own certificate is not revoked but replaced.",
        "Machines would refuse the service before it could tell them of the next one.",
        "Restart the service: it takes a new key and certificate."
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
        "A list was sent for a certificate whose key the service holds.",
        "Import lists for trust-only certificates alone."
    );
}
