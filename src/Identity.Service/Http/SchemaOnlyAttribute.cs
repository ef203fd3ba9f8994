namespace Culvert.Identity.Service.Http;

/// <summary>
/// Marks a type that only gives the description of the API a schema: handlers read or write such JSON member by member,
/// and never create the type.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class SchemaOnlyAttribute : Attribute;
