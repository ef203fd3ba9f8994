using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Culvert.Documentation.Tests.Architecture;

/// <summary>
/// Finds where a folder of a project uses a folder that its order does not allow. Only names that such a folder declares
/// are looked up, with the compiler's own binding.
/// </summary>
/// <remarks>
/// Looking at names is enough. A file that uses a type without naming it got the value from a declaration that names the
/// type, and that declaration's folder is either reported itself or not allowed to the file.
/// </remarks>
internal sealed class ProjectImports
{
    // What this test itself was compiled against holds all that the projects use. Read once for all projects.
    private static readonly Lazy<IReadOnlyList<(string Name, MetadataReference Reference)>> Assemblies = new(() =>
        [
            .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
                .Split(Path.PathSeparator)
                .Select(file =>
                    (Path.GetFileNameWithoutExtension(file), (MetadataReference)MetadataReference.CreateFromFile(file))
                ),
        ]
    );

    private readonly FolderOrder order;
    private readonly string folder;
    private readonly string project;
    private readonly IReadOnlyList<SyntaxTree> all;
    private readonly IReadOnlyList<SyntaxTree> files; // in the folder
    private readonly ILookup<string, string> foldersByName;
    private readonly Lazy<CSharpCompilation> compilation;

    private ProjectImports(FolderOrder order)
    {
        this.order = order;
        folder = Repository.PathOf(Path.Combine("src", order.Path));
        project = Repository.PathOf(Path.Combine("src", order.Project));
        all = [.. Repository.Sources().Where(file => IsBelow(project, file)).Select(Parse)];
        files = [.. all.Where(file => IsBelow(folder, file.FilePath))];
        foldersByName = files
            .SelectMany(file => FindDeclaredNames(file.GetRoot()).Select(name => (name, FindFolder(file.FilePath))))
            .Distinct()
            .ToLookup(pair => pair.name, pair => pair.Item2);
        compilation = new(Compile);
    }

    private string RootNamespace => $"Culvert.{order.Path.Replace('/', '.')}";

    public static IReadOnlyList<FolderImport> FindForbidden(FolderOrder order) =>
        [.. new ProjectImports(order).FindForbidden()];

    private IEnumerable<FolderImport> FindForbidden() =>
        from file in files
        let folderOfFile = FindFolder(file.FilePath)
        where folderOfFile.Length > 0
        from name in file.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>()
        let used = FindUsedFolder(name, folderOfFile)
        where used is not null
        select new FolderImport(
            folderOfFile,
            used,
            Path.GetRelativePath(Repository.Root, file.FilePath),
            name.GetLocation().GetLineSpan().StartLinePosition.Line + 1,
            name.Identifier.Text
        );

    /// <summary>The folder that a name leads to, if the file's folder may not use it; else null.</summary>
    private string? FindUsedFolder(SimpleNameSyntax name, string folderOfFile)
    {
        string? used;
        if (name.FirstAncestorOrSelf<UsingDirectiveSyntax>() is { Alias: null } directive)
        {
            used = name.Parent is QualifiedNameSyntax { Parent: QualifiedNameSyntax } ? null : FindFolder(directive);
        }
        else
        {
            var text = name.Identifier.Text;
            used =
                IsForbidden(text, folderOfFile) || IsForbidden(text + nameof(Attribute), folderOfFile)
                    ? BindFolder(name)
                    : null;
        }

        return used is not null && !order.IsAllowed(folderOfFile, used) ? used : null;
    }

    private bool IsForbidden(string name, string folderOfFile) =>
        foldersByName[name].Any(declaring => !order.IsAllowed(folderOfFile, declaring));

    private string? BindFolder(SimpleNameSyntax name)
    {
        var info = compilation.Value.GetSemanticModel(name.SyntaxTree).GetSymbolInfo(name);
        var symbol = info.Symbol ?? info.CandidateSymbols.FirstOrDefault();
        var type = symbol as INamedTypeSymbol ?? symbol?.ContainingType;
        var declared = type?.OriginalDefinition.DeclaringSyntaxReferences.FirstOrDefault();
        return declared is null ? null : FindFolder(declared.SyntaxTree.FilePath);
    }

    private string? FindFolder(UsingDirectiveSyntax directive)
    {
        var name = directive.NamespaceOrType.ToString();
        return name.StartsWith(RootNamespace + ".", StringComparison.Ordinal)
            ? name[(RootNamespace.Length + 1)..].Split('.')[0]
            : null;
    }

    private string FindFolder(string file)
    {
        var parts = Path.GetRelativePath(folder, file).Split(Path.DirectorySeparatorChar);
        return parts.Length == 1 || parts[0] is "obj" or ".." ? "" : parts[0];
    }

    /// <summary>What other files can name without naming something else of this one: types and extension members.</summary>
    private static IEnumerable<string> FindDeclaredNames(SyntaxNode root)
    {
        foreach (var node in root.DescendantNodes())
        {
            if (node is MethodDeclarationSyntax method)
            {
                if (
                    method.Parent is ExtensionBlockDeclarationSyntax
                    || method.ParameterList.Parameters is [var first, ..] && first.Modifiers.Any(SyntaxKind.ThisKeyword)
                )
                {
                    yield return method.Identifier.Text;
                }
            }
            else if (node is PropertyDeclarationSyntax { Parent: ExtensionBlockDeclarationSyntax } property)
            {
                yield return property.Identifier.Text;
            }
            else if (node is BaseTypeDeclarationSyntax type)
            {
                yield return type.Identifier.Text;
            }
            else if (node is DelegateDeclarationSyntax function)
            {
                yield return function.Identifier.Text;
            }
        }
    }

    private CSharpCompilation Compile() =>
        CSharpCompilation.Create(
            order.Project,
            all.Concat(
                Directory
                    .EnumerateFiles(
                        Path.Combine(project, "obj", "Release"),
                        "*.GlobalUsings.g.cs",
                        SearchOption.AllDirectories
                    )
                    .Select(Parse)
            ),
            Assemblies.Value.Where(assembly => !IsOwn(assembly.Name)).Select(assembly => assembly.Reference),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary)
        );

    // A program's assembly has a name of its own: tunnel-agent for Tunnel.Agent.
    private bool IsOwn(string assembly) =>
        assembly.Replace('-', '.').Equals(order.Project, StringComparison.OrdinalIgnoreCase)
        || (order.Project == "Identity.Cli" && assembly == "culvert");

    private static bool IsBelow(string folder, string file) =>
        file.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static SyntaxTree Parse(string file) =>
        CSharpSyntaxTree.ParseText(
            File.ReadAllText(file),
            new CSharpParseOptions(LanguageVersion.Latest, DocumentationMode.None),
            file
        );
}
