using Culvert.Identity.Service.Federation.Rules;

namespace Culvert.Identity.Service.Federation.Explain;

/// <summary>What a rule edit would have done to the traffic of the last days.</summary>
internal sealed record ReplayRequest
{
    /// <summary>As in the body of an update.</summary>
    public required UpdateRuleRequest Changes { get; init; }

    /// <summary>1–90; default 7.</summary>
    public int? Days { get; init; }
}
