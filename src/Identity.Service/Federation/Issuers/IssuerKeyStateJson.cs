using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Issuers;

[JsonSerializable(typeof(IssuerKeyState))]
internal sealed partial class IssuerKeyStateJson : JsonSerializerContext;
