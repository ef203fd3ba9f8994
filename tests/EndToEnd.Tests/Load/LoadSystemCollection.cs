using Xunit;

namespace Culvert.EndToEnd.Tests.Load;

[CollectionDefinition(Name)]
public sealed class LoadSystemCollection : ICollectionFixture<LoadSystem>
{
    public const string Name = "mixed load";
}
