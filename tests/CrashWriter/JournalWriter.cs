using Culvert.Identity.Service.Authentication;
using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.CrashWriter;

/// <summary>Commits decisions to a journal from several callers at once.</summary>
internal static class JournalWriter
{
    public const int Callers = 16;

    /// <summary>Writes until the process is killed.</summary>
    public static async Task RunAsync(ServiceOptions options, AnswerFile answers)
    {
        using var store = Store.Open(options.StoreSettings, NullLogger.Instance);
        using var journal = OpenJournal(store);
        await Task.WhenAll(
            Enumerable
                .Range(0, Callers)
                .Select(_ =>
                    WriteAsync(journal, (sequence, key) => answers.Add($"{sequence} {key}"), CancellationToken.None)
                )
        );
    }

    public static Journal OpenJournal(Store store) =>
        new(
            store.Database,
            store.Node,
            new Ordinals(store.Node.Id, TimeProvider.System),
            new JournalOptions { DiskReserveBytes = 0, ProveEvery = TimeSpan.FromMilliseconds(50) },
            new ChangeHub(TimeProvider.System, new JournalOptions(), NullLogger<ChangeHub>.Instance),
            TimeProvider.System,
            NullLogger<Journal>.Instance
        );

    /// <summary>
    /// Commits one decision after another, and passes the sequence and the replay key of each that was answered.
    /// Every third decision has a statement and a change, too: a kill interrupts both ways of writing.
    /// </summary>
    public static async Task WriteAsync(
        Journal journal,
        Action<long, string> onAnswer,
        CancellationToken cancellationToken
    )
    {
        for (var i = 0; !cancellationToken.IsCancellationRequested; i++)
        {
            var key = Identifier.New("key");
            var now = TimeProvider.System.GetUtcNow();
            var result = await journal.CommitAsync(
                new Decision
                {
                    Event = new RecordWritten(now),
                    Replay = new ReplayKey(Credentials.Hash(key), now + TimeSpan.FromHours(1)),
                    Statements = i % 3 == 0 ? [new Statement("UPDATE installation SET proven = proven + 1")] : [],
                    Changes = i % 3 == 0 ? ChangeTopics.Feed : ChangeTopics.None,
                },
                CancellationToken.None
            );
            if (result.IsCommitted)
            {
                onAnswer(result.Sequence, key);
            }
            else
            {
                await Task.Yield();
            }
        }
    }
}
