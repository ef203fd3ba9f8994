using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Shouldly;

namespace Culvert.Documentation.Tests.English;

/// <summary>
/// Names of types, members and fields use the words of the field, as texts do. <c>identifiers.txt</c> has what not to write
/// and what to write instead; <c>identifier-exceptions.txt</c> has the names that stay, each with its reason.
/// </summary>
public sealed class IdentifierTests
{
    private static readonly IReadOnlyList<UnclearWord> Words =
    [
        .. WordFile.ReadLines("identifiers.txt").Select(UnclearWord.ParseCaseSensitive),
    ];
    private static readonly IReadOnlySet<string> Exceptions = WordFile
        .ReadLines("identifier-exceptions.txt")
        .Select(line => line.Split(" => ", 2)[0])
        .ToHashSet(StringComparer.Ordinal);
    private static readonly Lazy<IReadOnlyList<(string File, string Name, string Better)>> Unclear = new(() =>
        [
            .. from file in Repository.Sources()
            from name in FindDeclared(File.ReadAllText(file))
            let better = FindBetter(name)
            where better is not null
            select (Path.GetRelativePath(Repository.Root, file), name, better),
        ]
    );

    [Fact]
    public void Names_InSources_UsePlainWords()
    {
        var unclear = Unclear
            .Value.Where(one => !Exceptions.Contains(one.Name))
            .Select(one => $"{one.File}: {one.Name}: write {one.Better}")
            .ToList();

        unclear.ShouldBeEmpty(string.Join('\n', unclear));
    }

    [Fact]
    public void Exceptions_AreStillNeeded() => Exceptions.Except(Unclear.Value.Select(one => one.Name)).ShouldBeEmpty();

    [Theory]
    [InlineData("class A { void TakeTurn() { } }", "TakeTurn")]
    [InlineData("class A { int kept; }", "kept")]
    [InlineData("class A { static A Of(int b) => new(); }", "Of")]
    [InlineData("class A { int RootOf(int b) => 1; }", "RootOf")]
    [InlineData("enum A { Fault }", "Fault")]
    [InlineData("class KeptKeys;", "KeptKeys")]
    [InlineData("class A { int IndexOf(int b) => 1; void Takeover() { } int Taker; }", null)]
    [InlineData("class A { void Turnstile() { } int keepAliveSeconds; }", null)]
    public void Find_InASource_FindsTheName(string source, string? name) =>
        FindDeclared(source).FirstOrDefault(one => FindBetter(one) is not null).ShouldBe(name);

    private static string? FindBetter(string name)
    {
        var capital = char.ToUpperInvariant(name[0]) + name[1..];
        return Words.FirstOrDefault(word => word.Pattern.IsMatch(capital))?.Better;
    }

    private static IEnumerable<string> FindDeclared(string source) =>
        CSharpSyntaxTree
            .ParseText(source, new CSharpParseOptions(LanguageVersion.Latest, DocumentationMode.None))
            .GetRoot()
            .DescendantNodes()
            .Select(node =>
                node switch
                {
                    BaseTypeDeclarationSyntax type => type.Identifier.ValueText,
                    MethodDeclarationSyntax method => method.Identifier.ValueText,
                    PropertyDeclarationSyntax property => property.Identifier.ValueText,
                    EnumMemberDeclarationSyntax member => member.Identifier.ValueText,
                    VariableDeclaratorSyntax { Parent.Parent: BaseFieldDeclarationSyntax } field => field
                        .Identifier
                        .ValueText,
                    _ => "",
                }
            )
            .Where(name => name.Length > 0);
}
