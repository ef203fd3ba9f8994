using System.Security.Cryptography;
using Culvert.Platform.Configuration;
using Culvert.Platform.Health;
using Microsoft.Extensions.Logging;

namespace Culvert.Platform.Programs;

/// <summary>
/// Reloads a changed configuration file while the program runs, all of it or nothing. After an error, or a change that
/// needs a restart, the old configuration stays in force; log, metric and readiness report the error until the file is
/// fixed.
/// </summary>
public sealed class ConfigWatch<T>
    where T : class
{
    /// <summary>How often the file's content is compared, since mounted files are replaced through links.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly string path;
    private readonly Func<ConfigResult<T>> load;
    private readonly Func<string, bool> isReloadable;
    private readonly ILogger logger;
    private readonly AsyncSignal reloadRequested;
    private IReadOnlyList<ConfigValue> inForce;
    private byte[] seen;
    private byte[] coming = [];
    private volatile string problem = "";
    private volatile IReadOnlyList<string> restartKeys = [];
    private long refused;
    private long reloads;

    public ConfigWatch(
        string path,
        Func<ConfigResult<T>> load,
        ConfigResult<T> inForce,
        Func<string, bool> isReloadable,
        TimeProvider time,
        ILogger logger
    )
    {
        ArgumentNullException.ThrowIfNull(inForce);
        (this.path, this.load, this.isReloadable, this.logger) = (path, load, isReloadable, logger);
        this.inForce = inForce.Values;
        reloadRequested = new AsyncSignal(time);
        // A change made while the program was starting counts as new: the file was read before.
        var digest = Digest();
        seen = IsInForce() ? digest : [];
    }

    /// <summary>Why the current file is not in force; empty when it is.</summary>
    public string Problem => problem;

    /// <summary>Changed keys that need a restart; while there are any, no part of the file is in force.</summary>
    public IReadOnlyList<string> RestartKeys => restartKeys;

    public long Refused => Interlocked.Read(ref refused);

    public long Reloads => Interlocked.Read(ref reloads);

    /// <summary>Checks for <c>/readyz</c>: an invalid file does not stop the running program.</summary>
    public IReadOnlyList<ReadinessCheck> Checks =>
        [
            ReadinessCheck.Create("configuration", () => restartKeys is [] && problem.Length > 0 ? problem : null) with
            {
                IsAdvisory = true,
            },
            ReadinessCheck.Create("restart_needed", () => restartKeys is [_, ..] ? problem : null) with
            {
                IsAdvisory = true,
            },
        ];

    /// <summary>Reloads the file now, because files that it refers to may have changed (SIGHUP).</summary>
    public void RequestReload() => reloadRequested.Set();

    /// <summary>
    /// Watches until cancelled. <paramref name="apply"/> applies new settings, or throws <see cref="IOException"/>
    /// before it has changed anything; then the file is refused.
    /// </summary>
    public async Task RunAsync(Func<T, ValueTask> apply, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(apply);
        while (true)
        {
            await CheckAsync(apply, await reloadRequested.WaitAsync(Interval, cancellationToken));
        }
    }

    public async Task CheckAsync(Func<T, ValueTask> apply, bool evenIfUnchanged)
    {
        ArgumentNullException.ThrowIfNull(apply);
        var digest = Digest();
        if (!evenIfUnchanged && digest.AsSpan().SequenceEqual(seen))
        {
            return;
        }

        // A file may be incomplete while it is written: its content counts once it has been unchanged for an interval.
        if (!evenIfUnchanged && !digest.AsSpan().SequenceEqual(coming))
        {
            coming = digest;
            return;
        }

        seen = digest;
        ConfigResult<T> loaded;
        try
        {
            loaded = load();
        }
        catch (Exception fault)
        {
            // Whatever exception the file causes in its reader, the program continues with the old configuration.
            Refuse(fault.GetType().Name);
            return;
        }

        if (loaded is not { IsValid: true, Settings: { } settings })
        {
            Refuse(string.Join(" ", loaded.Errors));
            return;
        }

        var fixedKeys = Changed(loaded.Values).Where(key => !isReloadable(key)).ToList();
        if (fixedKeys.Count > 0)
        {
            var keys = string.Join(", ", fixedKeys);
            (restartKeys, problem) = (fixedKeys, $"Only a restart can change {keys}.");
            Interlocked.Increment(ref refused);
            Log.RestartNeeded(logger, path, keys);
            return;
        }

        try
        {
            await apply(settings);
        }
        catch (IOException e)
        {
            Refuse(e.Message);
            return;
        }

        inForce = loaded.Values;
        (restartKeys, problem) = ([], "");
        Interlocked.Increment(ref reloads);
        Log.ConfigurationReloaded(logger, path);
    }

    private bool IsInForce()
    {
        try
        {
            var now = load();
            return now.IsValid && !Changed(now.Values).Any();
        }
        catch (Exception)
        {
            // Whatever exception the file causes in its reader: the first check reports it.
            return false;
        }
    }

    private void Refuse(string reason)
    {
        (restartKeys, problem) = ([], reason);
        Interlocked.Increment(ref refused);
        Log.ConfigurationRefused(logger, path, reason);
    }

    private IEnumerable<string> Changed(IReadOnlyList<ConfigValue> values)
    {
        var before = Texts(inForce);
        var after = Texts(values);
        return before
            .Keys.Union(after.Keys)
            .Where(key => before.GetValueOrDefault(key) != after.GetValueOrDefault(key))
            .Order(StringComparer.Ordinal);

        // A key may be read twice; its last text counts, as it did for the settings.
        static Dictionary<string, string> Texts(IReadOnlyList<ConfigValue> values)
        {
            var texts = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var value in values)
            {
                texts[value.Path] = value.Text;
            }

            return texts;
        }
    }

    // A missing file, as while an editor saves, counts as changed content and then as an error.
    private byte[] Digest()
    {
        try
        {
            return SHA256.HashData(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
