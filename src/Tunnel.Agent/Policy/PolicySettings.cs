using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Culvert.Tunnel.Agent.Policy;

internal sealed record PolicySettings
{
    public static readonly PolicySettings Off = new();

    /// <summary>For a route whose policy comes from the service and was not received yet: every call is refused.</summary>
    public static readonly PolicySettings NotReceived = new()
    {
        Mode = PolicyMode.Enforce,
        IsFromService = true,
        IsMissing = true,
    };

    /// <summary>Whether the rules come from the service, so that the agent's own file has none for the route.</summary>
    public bool IsFromService { get; init; }

    /// <summary>Whether no usable version was received from the service.</summary>
    public bool IsMissing { get; init; }

    public PolicyMode Mode { get; init; }

    /// <summary>The effect for names that no rule contains.</summary>
    public PolicyEffect Default { get; init; } = PolicyEffect.Deny;

    /// <summary>In the file's order.</summary>
    public IReadOnlyList<PolicyRule> Rules { get; init; } = [];

    /// <summary>The largest body that is read, in bytes.</summary>
    public long MaxBytes { get; init; } = 4 << 20;

    public int MaxDepth { get; init; } = 64;

    /// <summary>The allowed query parameters of the endpoint's URL, at most <see cref="RequestQuery.MaxNames"/>.</summary>
    public IReadOnlyList<string> Query { get; init; } = [];

    /// <summary>Identifies the rules that decided: two policies with any difference have different versions.</summary>
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
                if (rule.Via.Count > 0)
                {
                    Add(["via", .. rule.Via]);
                }

                if (rule.Answer is { } answer)
                {
                    Add("answer", $"{answer}");
                }
            }

            return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..16];

            // Includes lengths, so that no two lists have the same text.
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
