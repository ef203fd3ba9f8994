using System.Text.Json.Nodes;

namespace Culvert.Identity.Service.Scim;

/// <param name="Node">Null = the attribute has no value.</param>
internal readonly record struct ScimValue(JsonNode? Node);
