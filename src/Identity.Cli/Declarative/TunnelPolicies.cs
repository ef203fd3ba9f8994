using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Platform.Configuration;

namespace Culvert.Identity.Cli.Declarative;

/// <summary>
/// The policies of a tunnel's routes: separate versions by hostname. apply pushes a declared text as a draft, which a second
/// person approves like any other.
/// </summary>
internal static class TunnelPolicies
{
    public const string Field = "policies";

    // The label of the tunnel's domain itself.
    private const string Own = "@";

    private const string Comment = "culvert apply";

    /// <summary>By label; without hostnames that have neither an active version nor drafts.</summary>
    public static async Task<IReadOnlyDictionary<string, LivePolicy>> ReadAsync(
        ManagementClient client,
        string tunnelId,
        string domain,
        CancellationToken cancel
    )
    {
        var active = await ListAsync(client, tunnelId, "active", cancel);
        var drafts = await ListAsync(client, tunnelId, "draft", cancel);
        var policies = new Dictionary<string, LivePolicy>(StringComparer.Ordinal);
        foreach (var hostname in active.Concat(drafts).Select(GetHostname).Distinct(StringComparer.Ordinal))
        {
            var current = active.Find(version => GetHostname(version) == hostname);
            // A draft older than the active version cannot be approved.
            var pending = drafts.Where(draft =>
                GetHostname(draft) == hostname && (current is null || GetVersion(draft) > GetVersion(current))
            );
            List<(string, string)> texts = [];
            foreach (var draft in pending)
            {
                texts.Add((draft.Text("id") ?? "", await ReadTextAsync(client, tunnelId, draft, cancel)));
            }

            var text = current is null ? null : await ReadTextAsync(client, tunnelId, current, cancel);
            policies[GetLabel(hostname, domain)] = new LivePolicy(text, texts);
        }

        return policies;
    }

    /// <summary>The declared texts that are neither in force nor in a draft that can be approved.</summary>
    public static JsonObject FindNew(JsonNode? declared, IReadOnlyDictionary<string, LivePolicy> live) =>
        new(
            Read(declared)
                .Where(policy =>
                    live.GetValueOrDefault(policy.Label, LivePolicy.None) is var present
                    && !present.IsActive(policy.Text)
                    && present.FindDraft(policy.Text) is null
                )
                .Select(policy => KeyValuePair.Create(policy.Label, (JsonNode?)policy.Text))
        );

    /// <summary>The declared texts that wait for a second person, with the draft's id.</summary>
    public static IEnumerable<(string Label, string DraftId)> FindWaiting(
        JsonNode? declared,
        IReadOnlyDictionary<string, LivePolicy> live
    )
    {
        foreach (var (label, text) in Read(declared))
        {
            var present = live.GetValueOrDefault(label, LivePolicy.None);
            if (!present.IsActive(text) && present.FindDraft(text) is { } id)
            {
                yield return (label, id);
            }
        }
    }

    public static JsonObject ToSpec(IReadOnlyDictionary<string, LivePolicy> live) =>
        new(
            live.Where(policy => policy.Value.Active is not null)
                .OrderBy(policy => policy.Key, StringComparer.Ordinal)
                .Select(policy => KeyValuePair.Create(policy.Key, (JsonNode?)policy.Value.Active))
        );

    /// <summary>Pushes each text as a draft. Returns the labels with the drafts' ids.</summary>
    public static async Task<IReadOnlyList<(string Label, string DraftId)>> PushAsync(
        ManagementClient client,
        string tunnelId,
        JsonObject texts,
        CancellationToken cancel
    )
    {
        var domain = (await client.GetAsync(Noun.Tunnel.GetPath(tunnelId), cancel)).Json.Text("domain");
        List<(string, string)> drafts = [];
        foreach (var (label, text) in Read(texts))
        {
            var body = new JsonObject
            {
                ["hostname"] = label == Own ? domain : $"{label}.{domain}",
                ["text"] = text,
                ["comment"] = Comment,
            };
            var draft = await client.PostAsync(GetPath(tunnelId), body, cancel);
            drafts.Add((label, draft.Json.Text("id") ?? ""));
        }

        return drafts;
    }

    public static IEnumerable<string> FindErrors(JsonNode? value)
    {
        foreach (var (label, text) in Read(value))
        {
            if (label != Own && (label.Length is 0 or > 63 || !label.All(IsOfLabel)))
            {
                yield return $"'{label}' is not a label; write the one of the route's hostname, or {Own} for the tunnel's domain";
            }

            foreach (var problem in PolicyForm.FindProblems(text))
            {
                yield return $"{label}: {problem}";
            }
        }
    }

    private static bool IsOfLabel(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-';

    private static IEnumerable<(string Label, string Text)> Read(JsonNode? texts) =>
        texts is JsonObject policies ? policies.Select(policy => (policy.Key, (string?)policy.Value ?? "")) : [];

    private static async Task<List<JsonObject>> ListAsync(
        ManagementClient client,
        string tunnelId,
        string state,
        CancellationToken cancel
    )
    {
        List<JsonObject> found = [];
        await foreach (var version in NameResolver.AllAsync(client, GetPath(tunnelId), cancel, ("state", state)))
        {
            found.Add(version);
        }

        return found;
    }

    // Lists omit the texts.
    private static async Task<string> ReadTextAsync(
        ManagementClient client,
        string tunnelId,
        JsonObject version,
        CancellationToken cancel
    ) => (await client.GetAsync($"{GetPath(tunnelId)}/{version.Text("id")}", cancel)).Json.Text("text") ?? "";

    private static string GetHostname(JsonObject version) => version.Text("hostname") ?? "";

    private static long GetVersion(JsonObject version) => version["version"]?.GetValue<long>() ?? 0;

    private static string GetLabel(string hostname, string domain) =>
        hostname == domain ? Own : hostname[..^(domain.Length + 1)];

    private static string GetPath(string tunnelId) => $"{Noun.Tunnel.GetPath(tunnelId)}/policies";
}
