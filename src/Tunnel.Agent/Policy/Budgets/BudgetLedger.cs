using System.Security.Cryptography;
using System.Text;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Telemetry;

namespace Culvert.Tunnel.Agent.Policy.Budgets;

/// <summary>
/// The charges of calls on all routes. A charge is on the disk before the upstream receives a byte of its call; charges
/// that arrive during a flush are flushed together. Each charge counts for the budget's period and at most a sixtieth
/// longer, so in no period of that length more than the limit is charged, restarts included. A file that cannot be read
/// or written refuses every charge.
/// </summary>
internal sealed class BudgetLedger(string path, TimeProvider time, ILogger<BudgetLedger> logger) : IDisposable
{
    internal const int MaxAccounts = 50_000;
    internal const int AccountCharacters = 32;
    internal const int Steps = 60;

    internal const long MinReplacedBytes = 1 << 20;

    private readonly Lock gate = new();
    private readonly SemaphoreSlim writing = new(1, 1);

    // Guarded by the gate.
    private readonly Dictionary<string, BudgetAccount> accounts = new(StringComparer.Ordinal);
    private List<(bool IsTakenBack, BudgetCharge Charge)> waiting = [];
    private long queued; // the number of charges ever queued
    private long latestMs;
    private string? problem;

    // Guarded by the semaphore.
    private BudgetFile? file;
    private long written; // how many of the queued charges are on the disk
    private long replacedFrom = MinReplacedBytes;

    public async ValueTask<BudgetVerdict> ChargeAsync(string route, PolicyRule rule, LimitKey key, Amount amount)
    {
        if (!await OpenAsync())
        {
            return new BudgetVerdict(PolicyFailures.BudgetUnavailable, 0, null);
        }

        var budget = rule.Budget!;
        var account = GetAccount(route, budget.Key, key);
        BudgetCharge charge;
        long place;
        lock (gate)
        {
            if (problem is not null)
            {
                return new BudgetVerdict(PolicyFailures.BudgetUnavailable, 0, null);
            }

            var now = GetNow_NeedsLock();
            if (Find_NeedsLock(account, now) is not { } found)
            {
                return new BudgetVerdict(PolicyFailures.BudgetExceeded, 1, null);
            }

            if (found.GetSum() + amount > budget.OwnLimit)
            {
                var room = found.FindRoom(amount, budget.OwnLimit);
                return new BudgetVerdict(
                    PolicyFailures.BudgetExceeded,
                    room is null ? 0 : GetSeconds(room.Value - now),
                    null
                );
            }

            charge = new BudgetCharge(account, GetEnd(now, budget.Per), amount);
            found.Add(charge.EndsAtMs, amount);
            waiting.Add((false, charge));
            place = ++queued;
        }

        return await FlushAsync(place)
            ? new BudgetVerdict(null, 0, charge)
            : new BudgetVerdict(PolicyFailures.BudgetUnavailable, 0, null);
    }

    /// <summary>The reversal is written with the next charge; a restart before that loses it.</summary>
    public void Refund(BudgetCharge charge)
    {
        lock (gate)
        {
            if (accounts.TryGetValue(charge.Account, out var account))
            {
                account.Remove(charge.EndsAtMs, charge.Amount);
                waiting.Add((true, charge));
                queued++;
            }
        }
    }

    public void Dispose()
    {
        file?.Dispose();
        writing.Dispose();
    }

    // The file contains hashes, not names of callers; a reader of the file can only guess names.
    private static string GetAccount(string route, BudgetKey by, LimitKey key)
    {
        // Each part is preceded by its length, so that no two accounts have the same text.
        string[] names = by switch
        {
            BudgetKey.Rule => [],
            BudgetKey.Tool => [$"{key.Kind}", key.Name, key.Principal],
            _ => [key.Principal],
        };
        var parts = string.Concat(
            names.Prepend($"{by}").Prepend(key.Rule).Prepend(route).Select(n => $"{n.Length} {n}")
        );
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(parts)))[..AccountCharacters];
    }

    // Rounded up to a step, so that an account has few entries.
    private static long GetEnd(long nowMs, TimeSpan per)
    {
        var step = Math.Max(1, (long)per.TotalMilliseconds / Steps);
        return (nowMs + (long)per.TotalMilliseconds + step - 1) / step * step;
    }

    private static int GetSeconds(long ms) => (int)Math.Clamp((ms + 999) / 1000, 1, int.MaxValue);

    private async ValueTask<bool> OpenAsync()
    {
        if (Volatile.Read(ref file) is not null)
        {
            return true;
        }

        await writing.WaitAsync();
        try
        {
            if (file is null && problem is null)
            {
                Volatile.Write(ref file, BudgetFile.Open(path, Add));
            }

            return file is not null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            Fail(e.Message);
            return false;
        }
        finally
        {
            writing.Release();
        }
    }

    private void Add(BudgetLine line)
    {
        lock (gate)
        {
            if (!accounts.TryGetValue(line.Charge.Account, out var account))
            {
                account = accounts[line.Charge.Account] = new BudgetAccount();
            }

            if (line.IsTakenBack)
            {
                account.Remove(line.Charge.EndsAtMs, line.Charge.Amount);
            }
            else
            {
                account.Add(line.Charge.EndsAtMs, line.Charge.Amount);
            }
        }
    }

    // The first caller writes for all that wait by then; the others find their charges written.
    private async ValueTask<bool> FlushAsync(long place)
    {
        await writing.WaitAsync();
        try
        {
            if (written >= place)
            {
                return true;
            }

            List<(bool, BudgetCharge)> taken;
            long to;
            lock (gate)
            {
                if (problem is not null)
                {
                    return false;
                }

                (taken, waiting, to) = (waiting, [], queued);
            }

            file!.Append(taken);
            written = to;
            ReplaceIfDue();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Fail(e.Message);
            return false;
        }
        finally
        {
            writing.Release();
        }
    }

    private void ReplaceIfDue()
    {
        if (file!.Length < replacedFrom)
        {
            return;
        }

        List<(bool, BudgetCharge)> live;
        long to;
        lock (gate)
        {
            // Waiting charges are already in the accounts.
            Sweep_NeedsLock(GetNow_NeedsLock());
            live =
            [
                .. accounts.SelectMany(a =>
                    a.Value.Charges.Select(c => (false, new BudgetCharge(a.Key, c.Key, c.Value)))
                ),
            ];
            (waiting, to) = ([], queued);
        }

        file.Replace(live);
        written = to;
        replacedFrom = Math.Max(MinReplacedBytes, 4 * file.Length);
    }

    private BudgetAccount? Find_NeedsLock(string name, long nowMs)
    {
        if (!accounts.TryGetValue(name, out var account))
        {
            if (accounts.Count >= MaxAccounts)
            {
                Sweep_NeedsLock(nowMs);
            }

            if (accounts.Count >= MaxAccounts)
            {
                return null;
            }

            account = accounts[name] = new BudgetAccount();
        }

        account.Expire(nowMs);
        return account;
    }

    private void Sweep_NeedsLock(long nowMs)
    {
        foreach (var (name, account) in accounts)
        {
            account.Expire(nowMs);
            if (account.IsEmpty)
            {
                accounts.Remove(name);
            }
        }
    }

    // If the clock is set back, charges do not count longer, and expired charges stay expired.
    private long GetNow_NeedsLock() => latestMs = Math.Max(latestMs, time.GetUtcNow().ToUnixTimeMilliseconds());

    private void Fail(string why)
    {
        lock (gate)
        {
            problem = why;
        }

        Log.BudgetsStopped(logger, why);
    }
}
