using Culvert.Identity.Service.Audit.Export;

namespace Culvert.Identity.Service.Tests.Audit.Export;

/// <summary>A target that takes what it gets, unless the test says how it fails.</summary>
internal sealed class ScriptedSink : IAuditSink
{
    public List<IReadOnlyList<ExportedEntry>> Batches { get; } = [];

    /// <summary>Node and number of every entry that was taken, in order.</summary>
    public IReadOnlyList<(string Node, long Sequence)> Taken =>
        [.. Batches.SelectMany(batch => batch).Select(one => (one.Entry.Node, one.Entry.Sequence))];

    /// <summary>Called before each batch is taken.</summary>
    public Func<AuditSent> Answer { get; set; } = () => default;

    public ValueTask<AuditSent> SendAsync(IReadOnlyList<ExportedEntry> entries, CancellationToken cancellationToken)
    {
        var answer = Answer();
        if (answer.Error is null)
        {
            Batches.Add(entries);
        }

        return new(answer);
    }
}
