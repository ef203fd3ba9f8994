using System.Security.Cryptography;
using System.Text;
using Culvert.Platform.Configuration;
using Culvert.Platform.Wire;
using Culvert.Tunnel.Agent.Authorization;

namespace Culvert.Tunnel.Agent.Policy.Service;

/// <summary>
/// The policies from the feed, for routes that are configured to use them. For each route it stores the
/// policy that the feed offers and the last usable one:
/// <list type="table">
/// <item><term>the offer is usable</term><description>it takes effect and becomes the last usable policy</description></item>
/// <item><term>it is not usable</term><description>the last usable policy stays in force; log and report say why</description></item>
/// <item><term>the feed has none</term><description>the last usable policy stays in force</description></item>
/// <item><term>there was never a usable one</term><description>every call is refused</description></item>
/// </list>
/// </summary>
internal sealed class ServicePolicies(ServicePolicyFile file, ILogger<ServicePolicies> logger)
{
    private const int MaxProblem = 500; // the service accepts no longer text in a report

    private readonly Lock gate = new();

    // Guarded by the gate; the key is the route's name.
    private readonly Dictionary<string, AgentFeedPolicy> good = file.Load();
    private readonly Dictionary<string, (string Id, string Problem)> refused = new(StringComparer.Ordinal);
    private readonly HashSet<string> routes = new(StringComparer.Ordinal); // routes whose file has from: service
    private Dictionary<string, AgentFeedPolicy> offered = [];

    /// <summary>True if the policy of a resolved route changed: resolve that route again.</summary>
    /// <param name="policies">By the route's name.</param>
    public bool Offer(Dictionary<string, AgentFeedPolicy> policies)
    {
        lock (gate)
        {
            var isNew = policies.Any(p => routes.Contains(p.Key) && offered.GetValueOrDefault(p.Key) != p.Value);
            offered = policies;
            return isNew;
        }
    }

    /// <param name="oauth">The route's settings for callers, which the rules refer to.</param>
    public PolicySettings Resolve(string route, OauthSettings oauth)
    {
        lock (gate)
        {
            routes.Add(route);
            if (offered.TryGetValue(route, out var offer))
            {
                if (TryRead(offer, oauth, out var problem) is { } settings)
                {
                    Accept_NeedsLock(route, offer);
                    return settings;
                }

                Refuse_NeedsLock(route, offer, problem);
            }

            if (!good.TryGetValue(route, out var last) || last == offer)
            {
                return PolicySettings.NotReceived;
            }

            // The file may have changed since: then no policy can decide.
            if (TryRead(last, oauth, out var fault) is { } kept)
            {
                return kept;
            }

            Refuse_NeedsLock(route, last, fault);
            return PolicySettings.NotReceived;
        }
    }

    /// <summary>The route's entry in the report; null while no version was received.</summary>
    public AgentReportPolicy? Describe(string route, PolicySettings inForce)
    {
        lock (gate)
        {
            var last = inForce.IsMissing ? null : good.GetValueOrDefault(route)?.Id;
            var known = refused.TryGetValue(route, out var bad);
            return last is null && !known
                ? null
                : new AgentReportPolicy(
                    InForce: last,
                    Refused: known ? bad.Id : null,
                    Problem: known ? bad.Problem : ""
                );
        }
    }

    private static PolicySettings? TryRead(AgentFeedPolicy policy, OauthSettings oauth, out string problem)
    {
        var bytes = Encoding.UTF8.GetBytes(policy.Text);
        if (Convert.ToHexStringLower(SHA256.HashData(bytes)) != policy.Digest)
        {
            problem = "The digest is not that of the text.";
            return null;
        }

        if (PolicyForm.FindProblem(policy.Text) is { } malformed)
        {
            problem = Cut(malformed);
            return null;
        }

        var document = ConfigDocument.FromContent(policy.Id, bytes);
        var settings = PolicyReader.ReadService(document.Root, oauth);
        var errors = document.Complete();
        problem = errors.Count == 0 ? "" : Cut(PolicyProblem.From(errors[0]).ToString());
        return errors.Count == 0 ? settings : null;
    }

    private static string Cut(string text) => text.Length <= MaxProblem ? text : text[..MaxProblem];

    private void Accept_NeedsLock(string route, AgentFeedPolicy policy)
    {
        refused.Remove(route);
        if (good.GetValueOrDefault(route) == policy)
        {
            return;
        }

        good[route] = policy;
        file.Save(good);
        Log.ServicePolicyInForce(logger, route, policy.Version, policy.Id);
    }

    private void Refuse_NeedsLock(string route, AgentFeedPolicy policy, string problem)
    {
        if (refused.GetValueOrDefault(route) != (policy.Id, problem))
        {
            refused[route] = (policy.Id, problem);
            Log.ServicePolicyRefused(logger, route, policy.Version, policy.Id, problem);
        }
    }
}
