using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Culvert.Documentation.Tests.Architecture;

/// <summary>
/// Finds what the folders of a project use of each other, with the compiler's own binding: a name counts wherever its
/// type is declared, whether by a using directive, by a part of a namespace, or through a member.
/// </summary>
internal sealed class ProjectImports
{
    private readonly string project;
    private readonly string folder;
    private readonly CSharpCompilation compilation;

    private ProjectImports(string project)
    {
        this.project = project;
        folder = Repository.PathOf(Path.Combine("src", project));
        var options = new CSharpParseOptions(LanguageVersion.Latest, DocumentationMode.None);
        var files = Repository
            .Sources()
            .Where(file => file.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            .Concat(
                Directory.EnumerateFiles(
                    Path.Combine(folder, "obj", "Release"),
                    "*.GlobalUsings.g.cs",
                    SearchOption.AllDirectories
                )
            );
        compilation = CSharpCompilation.Create(
            project,
            files.Select(file => CSharpSyntaxTree.ParseText(File.ReadAllText(file), options, file)),
            References(),
            new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary,
                nullableContextOptions: NullableContextOptions.Enable
            )
        );
    }

    private string RootNamespace => $"Culvert.{project}";

    public static IReadOnlyList<FolderImport> Find(string project) => new ProjectImports(project).Find();

    private List<FolderImport> Find()
    {
        var found = new List<FolderImport>();
        Parallel.ForEach(
            compilation.SyntaxTrees,
            tree =>
            {
                var model = compilation.GetSemanticModel(tree);
                var from = FolderOf(tree.FilePath);
                var imports = tree.GetRoot()
                    .DescendantNodes()
                    .OfType<SimpleNameSyntax>()
                    .Select(name => (name, to: FolderOf(name, model)))
                    .Where(pair => pair.to is not null && pair.to != from)
                    .Select(pair => new FolderImport(
                        from,
                        pair.to!,
                        Path.GetRelativePath(Repository.Root, tree.FilePath),
                        pair.name.GetLocation().GetLineSpan().StartLinePosition.Line + 1,
                        pair.name.Identifier.Text
                    ))
                    .ToList();
                lock (found)
                {
                    found.AddRange(imports);
                }
            }
        );
        return found;
    }

    private string? FolderOf(SimpleNameSyntax name, SemanticModel model)
    {
        var info = model.GetSymbolInfo(name);
        var symbol = info.Symbol ?? info.CandidateSymbols.FirstOrDefault();
        if (symbol is INamespaceSymbol space)
        {
            return name.FirstAncestorOrSelf<UsingDirectiveSyntax>() is null ? null : FolderOf(space);
        }

        var type = symbol is INamedTypeSymbol named ? named : symbol?.ContainingType;
        var declared = type?.OriginalDefinition.DeclaringSyntaxReferences.FirstOrDefault();
        return declared is null ? null : FolderOf(declared.SyntaxTree.FilePath);
    }

    private string? FolderOf(INamespaceSymbol space)
    {
        var name = space.ToDisplayString();
        return name.StartsWith(RootNamespace + ".", StringComparison.Ordinal)
            ? name[(RootNamespace.Length + 1)..].Split('.')[0]
            : null;
    }

    private string FolderOf(string file)
    {
        var parts = Path.GetRelativePath(folder, file).Split(Path.DirectorySeparatorChar);
        return parts.Length == 1 || parts[0] == "obj" ? "" : parts[0];
    }

    // What this test itself was compiled against holds all that the projects use.
    private IEnumerable<MetadataReference> References() =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(file => !IsOwn(Path.GetFileNameWithoutExtension(file)))
            .Select(file => MetadataReference.CreateFromFile(file));

    // A program's assembly has a name of its own: tunnel-agent for Tunnel.Agent.
    private bool IsOwn(string assembly) =>
        assembly.Replace('-', '.').Equals(project, StringComparison.OrdinalIgnoreCase)
        || (project == "Identity.Cli" && assembly == "culvert");
}
