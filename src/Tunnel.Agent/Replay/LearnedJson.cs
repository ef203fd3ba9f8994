using System.Text.Json.Serialization;

namespace Culvert.Tunnel.Agent.Replay;

[JsonSerializable(typeof(string))]
internal sealed partial class LearnedJson : JsonSerializerContext;
