using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Nodes;

[JsonSerializable(typeof(VersionListDocument))]
internal sealed partial class NodesJson : JsonSerializerContext;
