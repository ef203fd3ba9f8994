using Xunit;

namespace Culvert.EndToEnd.Tests.Harness;

[CollectionDefinition(Name)]
public sealed class StandardSystemCollection : ICollectionFixture<StandardSystem>
{
    public const string Name = "standard system";
}
