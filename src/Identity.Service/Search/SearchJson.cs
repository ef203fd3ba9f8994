using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Search;

[JsonSerializable(typeof(SearchDocument))]
internal sealed partial class SearchJson : JsonSerializerContext;
