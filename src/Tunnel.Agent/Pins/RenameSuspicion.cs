using System.Text.Json;

namespace Culvert.Tunnel.Agent.Pins;

/// <summary>Finds the pinned definition that an unpinned one has probably replaced under another name.</summary>
internal sealed class RenameSuspicion
{
    // From 0 (nothing in common) to 1 (equal).
    private const double Threshold = 0.8;
    private const int MaxCharacters = 4096;

    // Beyond this number only names are compared, not bodies: a server chooses the number of comparisons.
    private const int MaxBodies = 500;

    private readonly Dictionary<(PinKind Kind, string Skeleton), PinKey> names = [];
    private readonly List<(PinKey Key, Body Body)> bodies;

    public RenameSuspicion(IReadOnlyCollection<Definition> pinned)
    {
        foreach (var definition in pinned)
        {
            names.TryAdd((definition.Key.Kind, LookAlikes.Skeleton(definition.Key.Name)), definition.Key);
        }

        bodies =
        [
            .. pinned
                .Where(d => d.Key.Kind is PinKind.Tool or PinKind.Prompt)
                .Take(MaxBodies)
                .Select(d => (d.Key, Body.Read(d))),
        ];
    }

    /// <summary>The pinned definition that it resembles; null without one.</summary>
    public PinKey? Find(Definition observed)
    {
        var kind = observed.Key.Kind;
        if (
            kind is not (PinKind.Resource or PinKind.Instructions)
            && names.TryGetValue((kind, LookAlikes.Skeleton(observed.Key.Name)), out var like)
            && like != observed.Key
        )
        {
            return like;
        }

        if (kind is not (PinKind.Tool or PinKind.Prompt))
        {
            return null;
        }

        var body = Body.Read(observed);
        foreach (var (key, known) in bodies)
        {
            if (key.Kind == kind && key != observed.Key && body.IsNear(known))
            {
                return key;
            }
        }

        return null;
    }

    private sealed record Body(HashSet<string> Description, HashSet<string> Members)
    {
        public static Body Read(Definition definition)
        {
            using var json = definition.Parse();
            var root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                return new([], []);
            }

            var text =
                root.TryGetProperty("description", out var description) && description.ValueKind == JsonValueKind.String
                    ? description.GetString()!
                    : "";
            return new(Trigrams(text), GetMembers(root));
        }

        // Description and schema must both be near: either one alone may be short and common.
        public bool IsNear(Body other) =>
            Description.Count + Members.Count > 0
            && Likeness(Description, other.Description) >= Threshold
            && Likeness(Members, other.Members) >= Threshold;

        private static HashSet<string> Trigrams(string text)
        {
            var folded = LookAlikes.Skeleton(text.Length > MaxCharacters ? text[..MaxCharacters] : text);
            return [.. Enumerable.Range(0, Math.Max(0, folded.Length - 2)).Select(i => folded.Substring(i, 3))];
        }

        private static HashSet<string> GetMembers(JsonElement root) =>
            root.TryGetProperty("inputSchema", out var schema)
            && schema.ValueKind == JsonValueKind.Object
            && schema.TryGetProperty("properties", out var properties)
            && properties.ValueKind == JsonValueKind.Object
                ? [.. properties.EnumerateObject().Select(p => p.Name)]
                : [];

        // The Sørensen–Dice coefficient.
        private static double Likeness(HashSet<string> one, HashSet<string> other) =>
            one.Count + other.Count == 0 ? 1 : 2.0 * one.Count(other.Contains) / (one.Count + other.Count);
    }
}
