using Culvert.Identity.Service.Storage;
using Culvert.Platform.Transparency;

namespace Culvert.Identity.Service.Transparency;

/// <summary>What the tree lacks: a part of it.</summary>
/// <param name="Entries">In the order in which they are added.</param>
/// <param name="Done">Records, together with them, that they are in the tree.</param>
internal sealed record PendingEntries(IReadOnlyList<LogEntry> Entries, IReadOnlyList<Statement> Done);
