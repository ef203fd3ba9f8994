namespace Culvert.Identity.Service.Storage;

/// <param name="Number">The file's first four digits; its place in the order.</param>
/// <param name="Name">The file's name without ending.</param>
internal sealed record Migration(int Number, string Name, string Sql);
