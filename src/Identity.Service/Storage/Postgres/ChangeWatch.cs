using Culvert.Platform.Timing;
using Npgsql;

namespace Culvert.Identity.Service.Storage.Postgres;

/// <summary>
/// Detects other nodes' changes: listens for their notifications, and reads the counters every second in case one was lost.
/// If the counters cannot be read for five seconds, this node grants nothing (<see cref="IChanges.IsCurrent"/>).
/// </summary>
internal sealed class ChangeWatch(
    PostgresDatabase database,
    ChangeHub changes,
    JournalOptions options,
    ILogger<ChangeWatch> logger
) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly Backoff Retry = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(1));

    private long seenAt;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        // Before any state is read into memory, so that every later change is seen.
        var connection = await ListenAsync(cancellationToken);
        changes.WatchedBy(() => options.Pulse.GetElapsedTime(Interlocked.Read(ref seenAt)));
        first = connection;
        await base.StartAsync(cancellationToken);
    }

    private NpgsqlConnection? first;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var failures = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = Interlocked.Exchange(ref first, null) ?? await ListenAsync(stoppingToken);
                if (failures > 0)
                {
                    Log.WatchRegained(logger);
                    failures = 0;
                }

                await WatchAsync(connection, stoppingToken);
            }
            catch (Exception) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                // The root of a background task: without the database there is nothing to read; IsCurrent reports it.
                if (failures == 0)
                {
                    Log.WatchLost(logger, fault.Message);
                }

                await Task.Delay(Retry.After(++failures), TimeProvider.System, stoppingToken)
                    .ContinueWith(static _ => { }, TaskScheduler.Default);
            }
        }
    }

    private async Task<NpgsqlConnection> ListenAsync(CancellationToken cancellationToken)
    {
        var connection = await database.OpenWatchAsync(cancellationToken);
        try
        {
            await using (var listen = new NpgsqlCommand($"LISTEN {database.Channel}", connection))
            {
                await listen.ExecuteNonQueryAsync(cancellationToken);
            }

            await CheckAsync(connection, cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private async Task WatchAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        while (true)
        {
            await connection.WaitAsync(Interval, cancellationToken);
            await CheckAsync(connection, cancellationToken);
        }
    }

    private async Task CheckAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        options.WatchProbe?.Invoke();
        // Before the query: it may miss what was committed after this time.
        var at = options.Pulse.GetTimestamp();
        await using var select = new NpgsqlCommand("SELECT topic, counter FROM change_counters", connection)
        {
            CommandTimeout = 3,
        };
        var rows = new List<(long, long)>();
        await using (var reader = await select.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                rows.Add((reader.GetInt64(0), reader.GetInt64(1)));
            }
        }

        Interlocked.Exchange(ref seenAt, at);
        changes.Observe(ChangeCounters.From(rows));
    }
}
