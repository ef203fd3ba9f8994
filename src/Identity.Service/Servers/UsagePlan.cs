using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Servers;

/// <summary>The changes that an agent's report makes to the inventory.</summary>
/// <param name="Statements">
/// To be committed with the report. They are stale if another report stored a new item first: then plan again.
/// </param>
/// <param name="HasMessages">Whether webhooks receive messages about new items.</param>
internal sealed record UsagePlan(IReadOnlyList<Statement> Statements, bool HasMessages);
