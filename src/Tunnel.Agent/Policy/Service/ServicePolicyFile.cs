using System.Security.Cryptography;
using System.Text.Json;
using Culvert.Machine.Client.State;
using Culvert.Platform.Programs;
using Culvert.Platform.Secrets;
using Culvert.Platform.Wire;

namespace Culvert.Tunnel.Agent.Policy.Service;

/// <summary>
/// Stores the last usable policies across restarts, sealed, because a writer of the file could choose which calls are
/// allowed. A modified file is ignored.
/// </summary>
internal sealed class ServicePolicyFile(StateDirectory state, ILogger logger)
{
    public const string Name = "service-policies.json";

    private readonly StateSeal seal = new(state);

    public Dictionary<string, AgentFeedPolicy> Load()
    {
        try
        {
            if (state.ReadText(Name) is not { } text)
            {
                return [];
            }

            return JsonSerializer.Deserialize(
                    seal.Open(Name, text),
                    StoredPoliciesJson.Default.DictionaryStringAgentFeedPolicy
                ) ?? [];
        }
        catch (Exception e) when (e is JsonException or SecretUnavailableException or CryptographicException)
        {
            // The exception could quote the file.
            Log.ServicePoliciesNotRead(logger, state.GetPath(Name));
            return [];
        }
    }

    /// <summary>A failed write, such as on a full disk, only costs the next start its policies.</summary>
    public void Save(Dictionary<string, AgentFeedPolicy> policies)
    {
        try
        {
            var text = JsonSerializer.Serialize(policies, StoredPoliciesJson.Default.DictionaryStringAgentFeedPolicy);
            state.WriteText(Name, seal.Seal(Name, text));
        }
        catch (StateDirectoryException e)
        {
            Log.ServicePoliciesNotKept(logger, e.Message);
        }
    }
}
