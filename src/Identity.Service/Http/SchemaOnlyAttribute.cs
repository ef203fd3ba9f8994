namespace Culvert.Identity.Service.Http;

/// <summary>
/// Marks a type that only gives the description of the API a schema: the handler reads a form, or answers with bytes that it
/// has or writes member by member, and never creates the type.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class SchemaOnlyAttribute : Attribute;
