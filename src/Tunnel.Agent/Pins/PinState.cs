using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Culvert.Tunnel.Agent.Authorization;

namespace Culvert.Tunnel.Agent.Pins;

/// <summary>The pins of one route and the present differences. It survives reloads. Calls read it without a lock.</summary>
internal sealed class PinState(string route)
{
    /// <summary>The limit of unpinned names to store. Further ones are unpinned all the same.</summary>
    internal const int MaxUnpinned = 4096;

    /// <summary>The limit of all differing definitions together; the text beyond it is not stored.</summary>
    internal const int MaxCharacters = 4 * 1024 * 1024;

    /// <summary>The limit of reports of a difference that keeps changing, until it is approved or gone.</summary>
    internal const int MaxReports = 16;

    private readonly Lock gate = new();
    private readonly ConcurrentDictionary<PinKey, Drift> drifts = new();
    private volatile FrozenDictionary<PinKey, Definition> pinned = FrozenDictionary<PinKey, Definition>.Empty;
    private volatile Lazy<RenameSuspicion> renames = new(new RenameSuspicion([]));
    private volatile FrozenDictionary<string, Lazy<PinnedSchema>> schemas = FrozenDictionary<
        string,
        Lazy<PinnedSchema>
    >.Empty; // of pinned tools, by name
    private volatile string[] templates = []; // the pinned ones, as patterns
    private volatile string? problem;
    private int openClasses;
    private HashSet<PinKey> ambiguous = []; // guarded by gate; of the reading in progress
    private Dictionary<PinKey, string> read = []; // guarded by gate; of the reading in progress
    private bool isDirty; // guarded by the gate
    private long observedCharacters; // guarded by the gate

    public string Route => route;

    /// <summary>Whether anything was ever approved.</summary>
    public bool HasPins { get; private set; }

    public PinnedDefinitions Approved { get; private set; } = PinnedDefinitions.None;

    /// <summary>Why the pins are unusable; null while they are usable.</summary>
    public string? Problem
    {
        get => problem;
        set => problem = value;
    }

    /// <summary>When all lists were last read; null: never.</summary>
    public DateTimeOffset? VerifiedAt { get; private set; }

    /// <summary>Why the last reading failed; empty when it succeeded.</summary>
    public string ReadingProblem { get; private set; } = "";

    public string SetDigest { get; private set; } = "";

    public DriftClass OpenClasses => (DriftClass)Volatile.Read(ref openClasses);

    public IReadOnlyCollection<Drift> Drifts => [.. drifts.Values];

    public int Count => pinned.Count;

    public Definition? FindPinned(PinKey key) => pinned.GetValueOrDefault(key);

    /// <summary>The input schema of a pinned tool; null: the tool is not pinned.</summary>
    public PinnedSchema? FindSchema(string tool) => schemas.GetValueOrDefault(tool)?.Value;

    public Drift? FindDrift(PinKey key) => drifts.GetValueOrDefault(key);

    /// <summary>Whether the URI matches an unblocked pinned template. A variable matches any text.</summary>
    public bool MatchesTemplate(string uri, Func<PinKey, bool> isBlocked)
    {
        foreach (var template in templates)
        {
            if (Glob.Matches(ToPattern(template), uri) && !isBlocked(new PinKey(PinKind.Template, template)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Puts approved definitions in force. Approved differences are removed.</summary>
    public void Use(PinnedDefinitions? next)
    {
        lock (gate)
        {
            HasPins = next is not null;
            Approved = next ?? PinnedDefinitions.None;
            var definitions = Approved.Pins.Select(p => p.ToDefinition()).OfType<Definition>();
            pinned = definitions.DistinctBy(d => d.Key).ToFrozenDictionary(d => d.Key);
            schemas = pinned
                .Values.Where(d => d.Key.Kind == PinKind.Tool)
                .ToFrozenDictionary(d => d.Key.Name, d => new Lazy<PinnedSchema>(() => PinnedSchema.Read(d)));
            renames = new(() => new RenameSuspicion(pinned.Values));
            templates = [.. pinned.Keys.Where(k => k.Kind == PinKind.Template).Select(k => k.Name)];
            problem = null;
            isDirty = true;
            foreach (var drift in drifts.Values)
            {
                Judge_NeedsLock(drift);
            }

            Update_NeedsLock();
        }
    }

    public void Restore(ObservedDefinitions observed)
    {
        lock (gate)
        {
            (VerifiedAt, ReadingProblem, SetDigest) = (observed.VerifiedAt, observed.Problem, observed.SetDigest);
            foreach (var stored in observed.Drifts)
            {
                if (PinKey.TryParseKind(stored.Kind, out var kind))
                {
                    var key = new PinKey(kind, stored.Name);
                    drifts[key] = new Drift(key, DriftClasses.Parse(stored.Classes), stored.ToDefinition(), stored.At)
                    {
                        IsAmbiguous = stored.Ambiguous,
                        ListedAt = stored.ListedAt,
                        LooksLike = stored.LooksLike,
                    };
                }
            }

            foreach (var drift in drifts.Values)
            {
                Judge_NeedsLock(drift);
            }

            Update_NeedsLock();
            isDirty = false;
        }
    }

    /// <summary>Records a definition from the server. Returns the difference if it must be reported; else null.</summary>
    /// <param name="isListed">True: a client requested it; false: the agent itself did.</param>
    public Drift? Observe(PinKey key, JsonElement entry, DateTimeOffset now, bool isListed)
    {
        var definition = Definition.TryRead(key, entry);
        var known = FindPinned(key);
        if (isListed && definition is not null && known?.Digest == definition.Digest)
        {
            return null;
        }

        lock (gate)
        {
            var isAmbiguous = definition is null || (!isListed && IsSecond_NeedsLock(definition));
            if (definition is null && !isListed)
            {
                ambiguous.Add(key);
                read.TryAdd(key, "");
            }

            var before = FindDrift(key);
            if (
                isListed
                && before is { ListedAt: not null, Observed: { } seen, Classes: not DriftClass.Removed }
                && seen.Digest == definition?.Digest
            )
            {
                drifts[key] = before with { ListedAt = now }; // unchanged
                return null;
            }

            if (definition is not null && FindPinned(key)?.Digest == definition.Digest && !isAmbiguous)
            {
                return null; // only a complete reading removes the difference
            }

            var isTooMuch = observedCharacters + (definition?.Json.Length ?? 0) > MaxCharacters;
            if (before is null && known is null && (drifts.Count >= MaxUnpinned || isTooMuch))
            {
                return null;
            }

            if (isTooMuch)
            {
                (definition, isAmbiguous) = (null, true); // blocked, and not stored
            }

            var (classes, looksLike) = Classify(known, definition);
            if (before is not null && (isListed || before.ListedAt is not null))
            {
                classes |= before.Classes & ~DriftClass.Removed;
            }

            var drift = new Drift(key, classes, definition, before?.Since ?? now)
            {
                IsAmbiguous = isAmbiguous || (isListed && before?.IsAmbiguous == true),
                ListedAt = isListed ? now : before?.ListedAt,
                LooksLike = looksLike,
                Reports = before?.Reports ?? 0,
            };
            var isNews =
                (before is null || before.Classes != drift.Classes || before.Observed?.Digest != definition?.Digest)
                && drift.Reports < MaxReports;
            drifts[key] = drift with { Reports = drift.Reports + (isNews ? 1 : 0) };
            Update_NeedsLock();
            isDirty |= isNews;
            return isNews ? drift : null;
        }
    }

    public void BeginReading()
    {
        lock (gate)
        {
            (ambiguous, read) = ([], []);
        }
    }

    /// <summary>
    /// All lists were read to their end. Definitions that no longer differ are removed, except those that a client's list
    /// had recently. Returns new differences, and the keys of removed ones.
    /// </summary>
    /// <param name="lately">How long a difference in a client's list counts.</param>
    public (IReadOnlyList<Drift> New, IReadOnlyList<PinKey> Gone) FinishReading(
        DateTimeOffset now,
        TimeSpan lately,
        IReadOnlyList<PinKind> kinds
    )
    {
        lock (gate)
        {
            var gone = new List<PinKey>();
            foreach (var drift in drifts.Values)
            {
                var isSame =
                    !kinds.Contains(drift.Key.Kind)
                    || (
                        read.TryGetValue(drift.Key, out var digest)
                            ? FindPinned(drift.Key)?.Digest == digest && !ambiguous.Contains(drift.Key)
                            : FindPinned(drift.Key) is null
                    );
                if (isSame && !(now - drift.ListedAt < lately) && drifts.TryRemove(drift.Key, out _))
                {
                    gone.Add(drift.Key);
                }
            }

            var removed = new List<Drift>();
            foreach (var key in pinned.Keys.Where(k => kinds.Contains(k.Kind) && !read.ContainsKey(k)))
            {
                if (FindDrift(key) is not { } before)
                {
                    removed.Add(drifts[key] = new Drift(key, DriftClass.Removed, null, now) { Reports = 1 });
                }
                else if (before.ListedAt is null && before.Classes != DriftClass.Removed)
                {
                    removed.Add(drifts[key] = before with { Classes = DriftClass.Removed, Observed = null });
                }
            }

            SetDigest = GetDigest(read);
            (VerifiedAt, ReadingProblem) = (now, "");
            Update_NeedsLock();
            isDirty = true;
            return (removed, gone);
        }
    }

    /// <summary>A list could not be read to its end. True: for a new reason.</summary>
    public bool FailReading(string why)
    {
        lock (gate)
        {
            var isNews = ReadingProblem != why;
            ReadingProblem = why;
            isDirty |= isNews;
            return isNews;
        }
    }

    /// <summary>Returns the observations to store; null: unchanged since the last call.</summary>
    public ObservedDefinitions? RemoveChanges()
    {
        lock (gate)
        {
            if (!isDirty)
            {
                return null;
            }

            isDirty = false;
            return new ObservedDefinitions
            {
                VerifiedAt = VerifiedAt,
                Problem = ReadingProblem,
                SetDigest = SetDigest,
                Drifts =
                [
                    .. drifts
                        .Values.OrderBy(d => d.Key.Kind)
                        .ThenBy(d => d.Key.Name, StringComparer.Ordinal)
                        .Select(ToStored),
                ],
            };
        }
    }

    // Two definitions with the same name in one reading: it is unknown which of them a client uses.
    private bool IsSecond_NeedsLock(Definition definition)
    {
        if (!read.TryAdd(definition.Key, definition.Digest) && read[definition.Key] != definition.Digest)
        {
            ambiguous.Add(definition.Key);
        }

        return ambiguous.Contains(definition.Key);
    }

    private void Judge_NeedsLock(Drift drift)
    {
        var known = FindPinned(drift.Key);
        var isGone = drift.Observed is null
            ? drift.Classes == DriftClass.Removed && known is null
            : !drift.IsAmbiguous && known?.Digest == drift.Observed.Digest;
        if (isGone)
        {
            drifts.TryRemove(drift.Key, out _);
        }
        else if (drift.Observed is not null)
        {
            var (classes, looksLike) = Classify(known, drift.Observed);
            drifts[drift.Key] = drift with { Classes = classes, LooksLike = looksLike };
        }
    }

    private (DriftClass Classes, string LooksLike) Classify(Definition? known, Definition? observed)
    {
        if (known is not null)
        {
            return (
                observed is null ? DriftClass.Widened | DriftClass.Description
                : known.Digest == observed.Digest ? DriftClass.Description
                : DefinitionComparison.Classify(known, observed),
                ""
            );
        }

        return observed is not null && renames.Value.Find(observed) is { } original
            ? (DriftClass.Added | DriftClass.RenameSuspect, original.Name)
            : (DriftClass.Added, "");
    }

    private void Update_NeedsLock()
    {
        var classes = drifts.Values.Aggregate(DriftClass.None, (all, drift) => all | drift.Classes);
        Volatile.Write(ref openClasses, (int)classes);
        observedCharacters = drifts.Values.Sum(drift => (long)(drift.Observed?.Json.Length ?? 0));
    }

    private static string GetDigest(Dictionary<PinKey, string> read)
    {
        var text = new StringBuilder();
        foreach (var (key, digest) in read)
        {
            text.Append(key.KindName).Append('\n').Append(key.Name.Length).Append('\n').Append(key.Name).Append(digest);
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    // RFC 6570: expressions are in braces.
    private static string ToPattern(string template)
    {
        var pattern = new StringBuilder();
        var depth = 0;
        foreach (var character in template)
        {
            depth += character == '{' ? 1 : 0;
            if (depth == 0)
            {
                pattern.Append(character);
            }
            else if (character == '}' && --depth == 0)
            {
                pattern.Append('*');
            }
        }

        return pattern.ToString();
    }

    private static StoredPin ToStored(Drift drift) =>
        new(
            Kind: drift.Key.KindName,
            Name: drift.Key.Name,
            Digest: drift.Observed?.Digest ?? "",
            Core: drift.Observed?.Core ?? "",
            Json: drift.Observed?.Json ?? "",
            At: drift.Since,
            Classes: DriftClasses.Format(drift.Classes),
            Ambiguous: drift.IsAmbiguous,
            ListedAt: drift.ListedAt,
            LooksLike: drift.LooksLike
        );
}
