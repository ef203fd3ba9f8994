using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Culvert.Tunnel.Agent.Policy;

/// <summary>A route's <c>policy</c>, validated.</summary>
internal sealed record PolicySettings
{
    public static readonly PolicySettings Off = new();

    /// <summary>Of a route whose policy comes from the service, as long as it has none: everything is refused.</summary>
    public static readonly PolicySettings NotReceived = new()
    {
        Mode = PolicyMode.Enforce,
        IsFromService = true,
        IsMissing = true,
    };

    /// <summary>The agent's own file has no rules for the route: they come by the feed.</summary>
    public bool IsFromService { get; init; }

    /// <summary>It comes from the service, and no usable version was received.</summary>
    public bool IsMissing { get; init; }

    public PolicyMode Mode { get; init; }

    /// <summary>For what no rule names.</summary>
    public PolicyEffect Default { get; init; } = PolicyEffect.Deny;

    /// <summary>In the file's order.</summary>
    public IReadOnlyList<PolicyRule> Rules { get; init; } = [];

    /// <summary>Largest body that is read.</summary>
    public long MaxBytes { get; init; } = 4 << 20;

    /// <summary>Deepest nesting of a body.</summary>
    public int MaxDepth { get; init; } = 64;

    /// <summary>Parameters that the query of the endpoint's address may have, at most <see cref="RequestQuery.MaxNames"/>.</summary>
    public IReadOnlyList<string> Query { get; init; } = [];

    /// <summary>Says which rules decided: two policies that differ in anything have different ones.</summary>
    public string Version
    {
        get
        {
            var text = new StringBuilder();
            Add($"{Mode} {Default} {MaxBytes} {MaxDepth}");
            if (Query.Count > 0)
            {
                Add(["query", .. Query]);
            }

            foreach (var rule in Rules)
            {
                Add(rule.Name, $"{rule.Effect}", rule.Issuer, rule.Subject, rule.ClientId, rule.Scope);
                Add([.. rule.Groups]);
                Add([.. rule.Tools]);
                Add([.. rule.Prompts]);
                Add([.. rule.Resources]);
                Add([.. rule.Methods]);
                Add($"{rule.Limits}", $"{rule.Arguments}");
                Add($"{rule.Sources}", $"{rule.Budget}");
                Add($"{rule.Approval}");
                Add([.. rule.Workloads]);
                Add([.. rule.RequiredScopes]);
                Add([.. rule.Masked.Select(m => m.Text)]);
            }

            return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..16];

            // With lengths, so that no two lists read alike.
            void Add(params string[] parts)
            {
                text.Append(CultureInfo.InvariantCulture, $"{parts.Length};");
                foreach (var part in parts)
                {
                    text.Append(CultureInfo.InvariantCulture, $"{part.Length}:").Append(part);
                }
            }
        }
    }
}
