using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Servers;

/// <summary>What an agent's report changes in the inventory.</summary>
/// <param name="Statements">
/// To be committed with the report. They conflict with <see cref="Tunnels.TunnelConflict.AlreadyRegistered"/> where
/// another report stored first what is new here: then the plan is made again.
/// </param>
/// <param name="HasMessages">Webhooks are notified of something new.</param>
internal sealed record UsagePlan(IReadOnlyList<Statement> Statements, bool HasMessages);
