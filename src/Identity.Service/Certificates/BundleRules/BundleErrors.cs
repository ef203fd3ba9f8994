using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Certificates.BundleRules;

internal static class BundleErrors
{
    public static readonly ErrorCode Unsafe = new(
        "bundle.unsafe",
        409,
        "The change of the trust bundle would break connections.",
        "The change removes an anchor whose certificates are in use, empties the bundle, or both adds and removes anchors.",
        "Read details.reason and details.blockers; wait, or repeat the call with force and a reason."
    );

    public static readonly ErrorCode Epoch = new(
        "bundle.epoch",
        400,
        "The epoch was never served to this relying party.",
        "An acknowledgement counts only for an epoch that was fetched before.",
        "Fetch the trust bundle, put it into use, then acknowledge the epoch of that response."
    );

    public static readonly ErrorCode OwnWord = new(
        "bundle.own_word",
        409,
        "The relying party acknowledges for itself.",
        "An administrator can acknowledge only for a party that never fetched the bundle; this one has fetched it.",
        "Make it fetch and acknowledge the bundle; if it no longer exists, archive it, or continue without it: culvert ca override."
    );
}
