namespace Culvert.Identity.Service.Events;

/// <param name="Type">The object's <c>type</c> on the wire.</param>
internal readonly record struct AuditResource(string Type, string Id);
