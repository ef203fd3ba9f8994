using System.Security.Cryptography;
using Culvert.Identity.Service.Limits;
using Culvert.Identity.Service.Telemetry;
using Npgsql;

namespace Culvert.Identity.Service.Storage.Postgres;

/// <summary>
/// Once a second, in one round trip: reports that this node runs and how much its limits admitted, and reads the same of
/// other nodes. Nothing here is durable or decides anything; the next round makes up for a failed one.
/// </summary>
internal sealed class NodeExchange(
    PostgresDatabase database,
    StoreNode node,
    LimitShares shares,
    JournalOptions options,
    ILogger<NodeExchange> logger
) : BackgroundService
{
    /// <summary>A node that has not reported for this long counts as stopped.</summary>
    public const int LiveForMs = 10_000;

    private const int RetentionMs = 15_000;
    private const int TimeoutSeconds = 3;

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxSilence = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim gate = new(1);
    private readonly long run = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));
    private readonly long startedAt = TimeProvider.System.GetUtcNow().ToStore();

    // The last report read from each process. Guarded by the gate, like all fields below.
    private readonly Dictionary<(string Node, long Run), long> read = [];
    private NpgsqlConnection? connection;
    private long sequence;
    private byte[] untold = [];
    private long answeredAt;
    private bool isFailing;
    private bool isDisposed;

    // The container calls it twice: once for the service and once for the hosted service.
    public override void Dispose()
    {
        if (isDisposed)
        {
            return;
        }

        isDisposed = true;
        base.Dispose();
        // If the host is disposed without being stopped, a round may be running. It is cancelled now, and uses the
        // connection until it ends.
        if (gate.Wait(TimeSpan.FromSeconds(TimeoutSeconds)))
        {
            connection?.Dispose();
            gate.Dispose();
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            // Reports the last second's use, and releases this node's share.
            await RoundAsync(cancellationToken);
            await using var leave = new NpgsqlCommand("DELETE FROM node_presence WHERE node = $1", connection)
            {
                CommandTimeout = TimeoutSeconds,
            };
            leave.Parameters.Add(new NpgsqlParameter<string> { TypedValue = node.Name });
            await leave.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            // Other nodes detect it without a message, ten seconds later.
            Log.ExchangeFailed(logger, fault.Message);
        }
    }

    /// <summary>One round; tests call it directly.</summary>
    public async Task RoundAsync(CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            connection ??= await OpenAsync(cancellationToken);
            if (untold.Length == 0)
            {
                untold = shares.Collect();
                sequence++;
            }

            await using var batch = Batch(connection);
            await using (var reader = await batch.ExecuteReaderAsync(cancellationToken))
            {
                while (await reader.ReadAsync(cancellationToken))
                {
                    read[(reader.GetString(0), reader.GetInt64(1))] = reader.GetInt64(2);
                    shares.Apply(reader.GetFieldValue<byte[]>(3));
                }

                await reader.NextResultAsync(cancellationToken);
                await reader.ReadAsync(cancellationToken);
                shares.Update((int)reader.GetInt64(0));
            }

            untold = [];
            answeredAt = options.Pulse.GetTimestamp();
        }
        catch
        {
            if (connection is not null)
            {
                await connection.DisposeAsync();
                connection = null;
            }

            throw;
        }
        finally
        {
            gate.Release();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        answeredAt = options.Pulse.GetTimestamp();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RoundAsync(stoppingToken);
                if (isFailing)
                {
                    isFailing = false;
                    Log.ExchangeRegained(logger);
                }
            }
            catch (Exception) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                // The root of a background task: without the others, this node uses only its own share.
                if (!isFailing)
                {
                    isFailing = true;
                    Log.ExchangeFailed(logger, fault.Message);
                }

                if (options.Pulse.GetElapsedTime(answeredAt) > MaxSilence)
                {
                    shares.Lost();
                }
            }

            await Task.Delay(Every, TimeProvider.System, stoppingToken)
                .ContinueWith(static _ => { }, TaskScheduler.Default);
        }
    }

    private async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var opened = await database.OpenWatchAsync(cancellationToken);
        try
        {
            // Losing the last second's report with the server is acceptable: it is not worth a flush.
            await using var set = new NpgsqlCommand("SET synchronous_commit = off", opened);
            await set.ExecuteNonQueryAsync(cancellationToken);
            return opened;
        }
        catch
        {
            await opened.DisposeAsync();
            throw;
        }
    }

    private NpgsqlBatch Batch(NpgsqlConnection on)
    {
        var batch = new NpgsqlBatch(on) { Timeout = TimeoutSeconds };
        Add(
            $"""
            INSERT INTO node_presence (node, version, started_at_ms, seen_at_ms) VALUES ($1, $2, $3, {PostgresDatabase.Now})
            ON CONFLICT (node) DO UPDATE SET version = excluded.version, started_at_ms = excluded.started_at_ms,
              seen_at_ms = excluded.seen_at_ms
            """,
            new NpgsqlParameter<string> { TypedValue = node.Name },
            new NpgsqlParameter<string> { TypedValue = ProgramVersion.Current },
            new NpgsqlParameter<long> { TypedValue = startedAt }
        );
        Add(
            $"DELETE FROM limit_shares WHERE node = $1 AND told_at_ms < {PostgresDatabase.Now} - {RetentionMs}",
            new NpgsqlParameter<string> { TypedValue = node.Name }
        );
        if (untold.Length > 0)
        {
            // The same report is sent again if its answer was lost.
            Add(
                $"""
                INSERT INTO limit_shares (node, run, sequence, told_at_ms, body) VALUES ($1, $2, $3, {PostgresDatabase.Now}, $4)
                ON CONFLICT DO NOTHING
                """,
                new NpgsqlParameter<string> { TypedValue = node.Name },
                new NpgsqlParameter<long> { TypedValue = run },
                new NpgsqlParameter<long> { TypedValue = sequence },
                new NpgsqlParameter<byte[]> { TypedValue = untold }
            );
        }

        var known = read.ToList();
        Add(
            $"""
            SELECT s.node, s.run, s.sequence, s.body FROM limit_shares s
            LEFT JOIN unnest($2::text[], $3::bigint[], $4::bigint[]) AS k (node, run, sequence) ON k.node = s.node AND k.run = s.run
            WHERE s.node <> $1 AND s.told_at_ms >= {PostgresDatabase.Now} - {RetentionMs} AND s.sequence > COALESCE(k.sequence, 0)
            ORDER BY s.node, s.run, s.sequence
            """,
            new NpgsqlParameter<string> { TypedValue = node.Name },
            new NpgsqlParameter<string[]> { TypedValue = [.. known.Select(k => k.Key.Node)] },
            new NpgsqlParameter<long[]> { TypedValue = [.. known.Select(k => k.Key.Run)] },
            new NpgsqlParameter<long[]> { TypedValue = [.. known.Select(k => k.Value)] }
        );
        Add($"SELECT count(*) FROM node_presence WHERE seen_at_ms > {PostgresDatabase.Now} - {LiveForMs}");
        return batch;

        void Add(string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
        {
            var command = new NpgsqlBatchCommand(sql);
            foreach (var parameter in parameters)
            {
                command.Parameters.Add(parameter);
            }

            batch.BatchCommands.Add(command);
        }
    }
}
