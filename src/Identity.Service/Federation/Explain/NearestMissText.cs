using Culvert.Identity.Service.Federation.Assertions;

namespace Culvert.Identity.Service.Federation.Explain;

/// <summary>How far a token was from a rule, in one sentence with only the token's own values.</summary>
internal static class NearestMissText
{
    public static string? Describe(IReadOnlyList<TraceCondition> failed)
    {
        if (failed.Count == 0)
        {
            return null;
        }

        var what = string.Join(
            ", ",
            failed.Select(c => c.Got is null ? $"`{c.Claim}` is absent" : $"`{c.Claim}`: got `{c.Got}`")
        );
        return failed is [{ Got: not null } only] ? $"only `{only.Claim}` differs: got `{only.Got}`"
            : failed.Count == 1 ? $"only {what}"
            : $"{failed.Count} conditions differ: {what}";
    }
}
