using System.Text.Json.Serialization;
using Culvert.Platform.Wire;

namespace Culvert.Tunnel.Agent.Policy.Service;

[JsonSerializable(typeof(Dictionary<string, AgentFeedPolicy>))]
internal sealed partial class StoredPoliciesJson : JsonSerializerContext;
