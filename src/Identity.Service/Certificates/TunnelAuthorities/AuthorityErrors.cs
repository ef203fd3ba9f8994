using System.Text.Json.Nodes;
using Culvert.Ca.Keys.Pkcs11;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

internal static class AuthorityErrors
{
    public static readonly ErrorCode State = new(
        "ca.state",
        409,
        "The authority's state does not allow this.",
        "A step is missing, another command was faster, or a party is not ready: see details.state and details.blocked_by.",
        "Run the command in details.next."
    );

    public static readonly ErrorCode RegistrationExpired = new(
        "ca.registration_expired",
        410,
        "The registration has expired: its request was not answered within 30 days.",
        "The signed chain came too late.",
        "Register a new authority and have its request signed."
    );

    public static readonly ErrorCode Fingerprint = new(
        "ca.fingerprint",
        409,
        "The fingerprint does not match the authority's certificate.",
        "Another certificate was uploaded than the one that the fingerprint was read from.",
        "Read the SHA-256 fingerprint from the certificate by another way, and compare."
    );

    public static readonly ErrorCode TwoPerson = new(
        "ca.two_person",
        403,
        "A second person is required.",
        "certificates.approval is two_person (the default), and the caller is the person who made the request.",
        "Let another administrator approve it."
    );

    public static readonly ErrorCode Duplicate = new(
        "ca.duplicate",
        409,
        "The certificate is registered on the tunnel already.",
        "It was registered as a trust-only certificate.",
        "Archive that registration, then approve again."
    );

    public static readonly ErrorCode ImportOff = new(
        "ca.import_off",
        403,
        "Imported keys are turned off.",
        "certificates.dangerous_allow_key_import is false, the default: copies of a key that was made elsewhere may exist.",
        "Choose another custody; or set certificates.dangerous_allow_key_import to true if you accept such keys."
    );

    public static readonly ErrorCode SignerLogin = new(
        "signer.login",
        401,
        "The HSM refused the PIN; the service does not try it again until it is restarted.",
        "A wrong or locked PIN in keys.pkcs11.pin.",
        "Correct the PIN, unlock the token if it is locked, then restart the service."
    );

    public static readonly ErrorCode SignerPolicy = new(
        "signer.policy",
        422,
        "The key in the token must not be an authority's.",
        "A key that can be exported from the token, may not sign, or needs a mechanism that the token does not support; or the "
            + "HSM does not allow changes of key labels, so that the service cannot create a key.",
        "Create a key that is sensitive, not extractable and may sign, and give its label; or give an unused label and let the service "
            + "create it."
    );

    public static readonly ErrorCode NotActive = new(
        "ca.not_active",
        409,
        "The tunnel has no active certificate authority.",
        "No authority was activated, or the tunnel's certificates come from files.",
        "Activate an authority, or give the agent its certificate in files."
    );

    public static Refusal OfHsm(Pkcs11Exception fault) =>
        fault.IsLoginRefused ? SignerLogin.Refuse(fault.Message)
        : fault.IsPolicyError ? SignerPolicy.Refuse(fault.Message)
        : CaErrors.SignerUnavailable.Refuse(fault.Message) with { RetryAfter = CaErrors.SignerRetryAfter };

    public static Refusal Changed() =>
        State.Refuse("Another command changed the authority, or activated another one, at the same time.");

    public static Refusal KeyTaken() => Duplicate.Refuse("The key belongs to another authority already.");

    /// <summary>Another request, on this node or another, is creating its key.</summary>
    public static Refusal KeyIsMade(TunnelAuthority authority) =>
        InvalidState(authority, "Another request is creating its key.") with
        {
            RetryAfter = CaErrors.SignerRetryAfter,
        };

    /// <summary>The state forbids the command; the refusal names the next command.</summary>
    public static Refusal InvalidState(TunnelAuthority authority, string? why = null) =>
        InvalidState(authority, why, AuthorityNextSteps.Describe(authority));

    private static Refusal InvalidState(TunnelAuthority authority, string? why, string? next) =>
        State
            .Refuse(
                $"The authority is {WireNames.Get(authority.State)}. {why ?? AuthorityNextSteps.Explain(authority)}"
            )
            .With("state", WireNames.Get(authority.State))
            .With("next", next);

    public static Refusal ExpiredRegistration(TunnelAuthority authority) =>
        RegistrationExpired
            .Refuse()
            .With("registration_ends", authority.RegistrationEnds?.UtcDateTime)
            .With("next", $"culvert ca register NAME --tunnel {authority.TunnelId.Value}");

    public static Refusal BlockedBy(TunnelAuthority authority, IReadOnlyList<ActivationBlocker> blockers) =>
        InvalidState(authority, ExplainBlocked(blockers), AuthorityNextSteps.Describe(authority, blockers))
            .With("blocked_by", new JsonArray([.. blockers.Select(blocker => blocker.ToJson())]))
            .With("override", DescribeOverride(authority, blockers.Select(blocker => blocker.Id)));

    public static Refusal BlockedBy(TunnelAuthority authority, TunnelAuthority active) =>
        InvalidState(authority, $"{active.Name} ({active.Id.Value}) is active on the tunnel.")
            .With(
                "blocked_by",
                new JsonArray(new JsonObject { ["kind"] = "certificate_authority", ["id"] = active.Id.Value })
            );

    public static Refusal LastOne(TunnelAuthority authority) =>
        InvalidState(authority, "It is the last one of its tunnel: without it the tunnel gets no certificates.")
            .With(
                "blocked_by",
                new JsonArray(new JsonObject { ["kind"] = "last_authority", ["id"] = authority.Id.Value })
            )
            .With("override", DescribeOverride(authority, [authority.Id.Value]));

    public static Refusal RemovalByOne(TunnelAuthority authority) =>
        TwoPerson
            .Refuse("Two people remove a trust-only authority: one names it in an override, another retires it.")
            .With("override", DescribeOverride(authority, [authority.Id.Value]));

    public static Refusal LeavesLive(TunnelAuthority authority, DateTimeOffset until) =>
        InvalidState(authority, "Certificates that it issued are still in use.").With("leaves_end", until.UtcDateTime);

    private static string ExplainBlocked(IReadOnlyList<ActivationBlocker> blockers) =>
        blockers.All(blocker => blocker.Kind == ActivationBlockerKind.Propagation)
            ? "The waiting time for unregistered clients to fetch the trust bundle with its certificate has not passed."
            : $"{blockers.Count} have not acknowledged the trust bundle that holds its certificate.";

    private static string DescribeOverride(TunnelAuthority authority, IEnumerable<string> missing) =>
        $"culvert ca override {authority.Id.Value} --missing {string.Join(' ', missing)} --reason TEXT";
}
