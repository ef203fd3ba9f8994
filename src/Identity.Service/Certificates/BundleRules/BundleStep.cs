namespace Culvert.Identity.Service.Certificates.BundleRules;

/// <summary>The result of a step: exactly one of the two is set.</summary>
internal readonly record struct BundleStep(BundleState? Next, BundleError? Error)
{
    public static implicit operator BundleStep(BundleState next) => new(next, null);

    public static implicit operator BundleStep(BundleError error) => new(null, error);
}
