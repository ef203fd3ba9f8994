using Xunit;

namespace Culvert.EndToEnd.Tests.Documentation;

[CollectionDefinition(Name)]
public sealed class DocumentedSystemCollection : ICollectionFixture<DocumentedSystem>
{
    public const string Name = "documented commands";
}
