using Culvert.Identity.Service.Console.Access;

namespace Culvert.Identity.Service.Console;

/// <summary>A page with what belongs to one person. Every page of the console links to it.</summary>
internal interface IPersonalPage
{
    string Label { get; }

    /// <summary>Its path; null = it is not offered to this session.</summary>
    string? FindPath(ConsolePrincipal principal);
}
