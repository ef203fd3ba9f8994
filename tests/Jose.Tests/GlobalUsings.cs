global using System.Text;
global using Culvert.Testing;
global using Shouldly;
global using Xunit;
