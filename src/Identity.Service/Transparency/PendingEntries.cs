using Culvert.Identity.Service.Storage;
using Culvert.Platform.Transparency;

namespace Culvert.Identity.Service.Transparency;

/// <param name="Entries">In the order in which they are added.</param>
/// <param name="Done">Records that the entries are in the tree; committed together with them.</param>
internal sealed record PendingEntries(IReadOnlyList<LogEntry> Entries, IReadOnlyList<Statement> Done);
