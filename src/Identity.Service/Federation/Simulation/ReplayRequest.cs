using Culvert.Identity.Service.Federation.Rules;

namespace Culvert.Identity.Service.Federation.Simulation;

/// <summary>What a rule edit would have done to the traffic of the last days.</summary>
/// <param name="Changes">As in the body of an update.</param>
/// <param name="Days">1–90; default 7.</param>
internal sealed record ReplayRequest(UpdateRuleRequest Changes, int? Days = null);
