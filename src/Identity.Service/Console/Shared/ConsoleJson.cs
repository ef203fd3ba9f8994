using System.Text.Json;
using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Console.Shared;

[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class ConsoleJson : JsonSerializerContext;
