using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Storage.Federation;

[JsonSerializable(typeof(IssuerKeyState))]
internal sealed partial class IssuerKeyStateJson : JsonSerializerContext;
