using Culvert.Identity.Service.Hosting;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

internal static class AuthorityErrors
{
    public static readonly ErrorCode State = new(
        "ca.state",
        409,
        "The authority's state does not allow this.",
        "The steps are: create, upload the chain, approve, activate; details.state says where it stands.",
        "Take the next step of the state that the authority is in."
    );

    public static readonly ErrorCode Fingerprint = new(
        "ca.fingerprint",
        409,
        "The fingerprint is not the one of the authority's certificate.",
        "Another certificate was uploaded than the one that the fingerprint was read from.",
        "Read the SHA-256 fingerprint from the certificate by another way, and compare."
    );

    public static readonly ErrorCode TwoPerson = new(
        "ca.two_person",
        403,
        "The chain must be approved by somebody else than who uploaded it.",
        "certificates.approval is two_person, which is the default.",
        "Let another administrator approve it."
    );

    public static readonly ErrorCode Duplicate = new(
        "ca.duplicate",
        409,
        "The certificate is registered on the tunnel already.",
        "It was registered as a trust-only certificate.",
        "Archive that registration, then approve again."
    );

    public static readonly ErrorCode NotActive = new(
        "ca.not_active",
        409,
        "The tunnel has no active certificate authority.",
        "No authority was activated, or the tunnel's certificates come from files.",
        "Activate an authority, or give the agent its certificate in files."
    );
}
