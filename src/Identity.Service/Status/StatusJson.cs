using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Status;

[JsonSerializable(typeof(StatusDocument))]
internal sealed partial class StatusJson : JsonSerializerContext;
